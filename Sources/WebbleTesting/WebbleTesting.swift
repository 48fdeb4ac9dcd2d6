// WebbleTesting
